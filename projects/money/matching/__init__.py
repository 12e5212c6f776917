"""The matching desk: which allocation lines a receipt pays, proposed with reasons and confirmed by people."""
