"""Jobs: what is ordered outside and comes as files. Ordered once, waited for, fetched, checked, kept."""
