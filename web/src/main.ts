import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/shell.css";
import "./styles/overview.css";
import "./styles/rows.css";
import "./styles/place.css";
import "./styles/records.css";
import "./styles/sizes.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { watchPrinting } from "./lib/printing.svelte";
import { listen } from "./lib/route.svelte";

const target = document.getElementById("page");
if (!target) throw new Error("index.html lacks the element with id page");
listen();
watchPrinting();
mount(App, { target });
