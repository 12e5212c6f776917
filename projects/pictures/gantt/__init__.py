"""The Gantt: one pure layout, drawn as HTML and SVG on the page and by matplotlib for export."""
