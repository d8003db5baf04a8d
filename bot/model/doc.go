// Package model is the second reader: it asks a language model, where an operator has
// configured one, what a message means that the grammar of bot/command is not sure of.
//
// The model proposes and nothing more. What it says is used only where it passes the same
// check as the grammar's own reading, is made of what stands in the message, and agrees
// with the grammar on every number; where it does not agree the person is asked. It may
// propose a new quote, a change to one, and questions. It is refused everything that
// decides, sends or ends something, and it is not asked about a message that the grammar
// has refused, or found an error, an answer or a decision in.
//
// It sees the message with names, addresses and phones replaced by placeholders, and never
// a cost, a price or anything of a customer. It has two seconds; whatever goes wrong in
// them, the grammar's reading stands.
package model
