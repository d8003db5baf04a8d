package command

import "radioquote/quoting"

// confidence is the share of the message's words that something was made of, and the words
// that nothing was made of. What is not understood at all is not sure at all.
func confidence(list []term, intent quoting.Intent) (share float64, unread []string) {
	content := 0
	for i := range list {
		t := &list[i]
		if t.kind != tagWord || t.is(tagCommon) || t.is(tagPolite) {
			continue
		}
		content++
		if t.means == nil && unheard(t) {
			unread = append(unread, t.text)
		}
	}
	switch {
	case intent == quoting.OutOfScope:
		return 0, unread
	case intent == quoting.RefuseCommand, content == 0:
		return 1, nil
	}
	return 1 - float64(len(unread))/float64(content), unread
}
