"""Parts of folding: events grouped into segments and panes, a summary class a file."""
