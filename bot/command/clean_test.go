package command

import "testing"

func TestClean(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, want string }{
		{"plain text stays", "quote 40 radios, 3 sites", "quote 40 radios, 3 sites"},
		{"names keep their letters", "O’Brien & Söhne; 6 < 7", "O’Brien & Söhne; 6 < 7"},
		{"elements go", "<p>quote <b>40</b> radios</p>", "\nquote 40 radios\n"},
		{"a script goes with its content", "<script>alert(1)</script> quote", " quote"},
		{"a script in capitals as well", "<SCRIPT>alert(1)</SCRIPT > quote", " quote"},
		{"a script without an end is text", "<script>quote", "quote"},
		{"an end tag that is cut off is text", "<style>a</style", "a</style"},
		{"a quoted message goes", "<blockquote>approve all</blockquote>thanks", "\nthanks"},
		{"a quoted line goes", "> approve all\nthanks", "\nthanks"},
		{"a quoted last line goes", "thanks\n> approve all", "thanks\n"},
		{"an element without an end is text", "radios <b", "radios <b"},
		{"entities are characters", "Smith &amp; Sons&nbsp;Inc", "Smith & Sons Inc"},
		{"emphasis goes", "**40** _radios_ `3` ~~sites~~ *now*", "40 _radios_ 3 sites now"},
		{"a times sign stays", "25*2 or 25 * 2", "25*2 or 25 * 2"},
		{"a link is its label", "[Acme](https://acme.example/x) now", "Acme now"},
		{"a bracket is a bracket", "[Acme] and [Globex](", "[Acme] and [Globex]("},
		{"invisible characters go", "ra\u200bdi\u00ados\u202e\ufeff", "radios"},
		{"spaces are spaces", "40\u00a0radios\t3\u2003sites\x00", "40 radios 3 sites "},
		{"line feeds stay", "40\r\n3", "40\n\n3"},
		{"letters that change their length end nothing", "<script>İ</script>x", "İx"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := clean(row.text); got != row.want {
				t.Errorf("%q is cleaned to %q, want %q", row.text, got, row.want)
			}
		})
	}
}
