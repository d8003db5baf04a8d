package command

import "github.com/govalues/decimal"

// numberWords are the words that numbers are spelled with. Spanish has words of its own for
// the hundreds.
var numberWords = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40,
	"fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300, "cuatrocientos": 400, "cuatrocientas": 400,
	"quinientos": 500, "quinientas": 500, "seiscientos": 600, "seiscientas": 600, "setecientos": 700, "setecientas": 700,
	"ochocientos": 800, "ochocientas": 800, "novecientos": 900, "novecientas": 900,
	"hundred": 100, "thousand": 1000, "million": 1000000, "grand": 1000, "dozen": 12, "couple": 2, "pair": 2, "half": 6,
}

// number reads a number at the start of the tokens, in digits or in words, and returns how
// many tokens it takes; 0 if there is none. "a" counts only before dozen, hundred and the
// like: the article does not state a number.
func number(tokens []term) (term, int) {
	t := tokens[0]
	if t.kind == tagNumber {
		return multiplied(t, tokens, 1)
	}
	used := 0
	if t.norm == "single" {
		t.kind, t.means, t.amount, t.number = tagNumber, nil, decimal.One, numeral{spelled: true}
		return t, 1
	}
	if t.norm == "a" || t.norm == "half" {
		used = unitAfter(tokens)
		if used == 0 {
			return t, 0
		}
	}
	n := spelled{}
	for used < len(tokens) {
		word := tokens[used].norm
		if used > 0 && n.said && (word == "-" && tokens[used].tight || word == "and" && (n.last >= 100 || n.last >= 20 && tokens[used].foreign)) {
			if used+1 < len(tokens) && n.takes(tokens[used+1].norm) {
				used++
				continue
			}
			break
		}
		if word == "of" && n.vague && used+1 < len(tokens) && n.takes(tokens[used+1].norm) {
			used++
			continue
		}
		if tokens[used].kind != tagWord || !n.takes(word) {
			break
		}
		n.add(word)
		used++
	}
	if !n.said {
		return t, 0
	}
	t.kind, t.means = tagNumber, nil
	if n.last == 12 && n.part == 12 && used+2 < len(tokens) && tokens[used].norm == "and" && tokens[used+1].norm == "a" && tokens[used+2].norm == "half" {
		n.part = 18 // "a dozen and a half"
		used += 3
	}
	if tokens[0].norm == "half" {
		n.sum, n.part = 0, 6
	}
	t.amount = decimal.MustNew(n.sum+n.part, 0)
	t.number = numeral{spelled: true, vague: n.vague, thousand: n.grand}
	return t, used
}

// unitAfter is where the counting word of "a dozen", "half a dozen" or "a hundred" is, and
// 0 if the tokens are nothing of the kind.
func unitAfter(tokens []term) int {
	i := 1
	if tokens[0].norm == "half" && len(tokens) > 1 && tokens[1].norm == "a" {
		i = 2
	}
	if i >= len(tokens) {
		return 0
	}
	switch tokens[i].norm {
	case "dozen":
		return i
	case "couple", "pair", "hundred", "thousand", "grand":
		if tokens[0].norm == "a" {
			return i
		}
	}
	return 0
}

// spelled is a number while its words are read: thousands in sum, the rest in part.
type spelled struct {
	sum, part int64
	last      int64 // value of the last word
	said      bool
	vague     bool
	grand     bool
}

// takes says whether the number can go on with the word: "twenty" with "five", "two" with
// "hundred", but "five" not with "twenty".
func (n *spelled) takes(word string) bool {
	value, ok := numberWords[word]
	switch {
	case !ok || word == "half":
		return false
	case !n.said:
		return word != "million"
	case n.last == 12 && n.part%12 == 0 && n.part != 12 && word != "thousand", n.grand:
		return false
	case word == "dozen", word == "hundred":
		return n.part > 0 && n.part < 100
	case word == "thousand", word == "grand":
		return n.part > 0 && n.sum == 0
	case word == "couple", word == "pair", word == "million":
		return false
	case value >= 200:
		return n.last == 1000
	case value >= 20:
		return n.last >= 100
	default:
		return n.last >= 100 || n.last >= 20 && value > 0 && value < 10
	}
}

func (n *spelled) add(word string) {
	value := numberWords[word]
	switch word {
	case "dozen", "hundred":
		n.part = max(n.part, 1) * value
	case "thousand", "grand":
		n.sum, n.part = max(n.part, 1)*value, 0
		n.grand = word == "grand"
	default:
		n.part += value
	}
	n.said, n.last = true, value
	n.vague = n.vague || word == "couple"
}

// multiplied reads "2 dozen", "50 thousand" and "2 grand" after digits.
func multiplied(t term, tokens []term, used int) (term, int) {
	if used >= len(tokens) {
		return t, used
	}
	switch word := tokens[used].norm; word {
	case "dozen", "hundred", "thousand", "grand", "million":
		t.amount, t.number.huge = times(t.amount, numberWords[word], t.number.huge)
		t.number.digits, t.number.thousand = 0, word == "thousand" || word == "grand"
		used++
	}
	return t, used
}
