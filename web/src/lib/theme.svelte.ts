// Light or dark, kept in this browser only.

class Theme {
  dark = $state(document.documentElement.dataset.theme === "dark");

  toggle(): void {
    this.dark = !this.dark;
    document.documentElement.dataset.theme = this.dark ? "dark" : "light";
    try {
      localStorage.setItem("theme", this.dark ? "dark" : "light");
    } catch {
      // Storage may be refused; the choice then lasts for this page only.
    }
  }
}

export const theme = new Theme();
