// Package command reads a chat message and says what it asks for: text in, a
// quoting.Command out, by the rules of a dealer's counter and not of a programming
// language. "40 radios, 3 sites, Acme Construction" is a new quote, "no, 54 not 45" a
// correction, "approve all" something that must not be done.
//
// A message is read in four steps. It is cleaned of markup and invisible characters; cut
// into terms, each a word, a number, a name or a phrase with the meanings that words.txt
// gives it; split into acts and matched against the patterns of acts.txt, which say what is
// to be done; and read for its slots, where each number belongs to the noun that it counts.
// Spanish is put into English word by word before that, as words.es.txt has it. A Reader may
// know words of a dealer's own beside these.
//
// Whatever reads a term notes what became of it. The notes are what Explain shows and what
// a command's confidence is made of: a term without one was left unread.
//
// Refusals win over every other reading. What somebody else said, what is denied, asked
// about or bound to a condition is no act, and an approval with a condition asks for changes.
//
// The package is pure: it knows no clock, no network, no database and no language model.
// It refuses to guess. A number that no noun claims is not a number of users, a word in a
// customer's name is not an industry, and what it does not understand is out_of_scope.
// Nor does it decide anything: a command is a wish, and who may do what is settled by
// those who carry it out.
package command
