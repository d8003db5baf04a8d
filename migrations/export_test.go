package migrations

// The tests run files of their own.
var (
	UpFiles   = up
	DownFiles = down
	Files     = files
)
