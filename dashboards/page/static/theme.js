// Before anything is painted: the theme chosen on an earlier visit.
"use strict";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* Storage may be forbidden: the system's theme then. */ }
