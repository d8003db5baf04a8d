package quoting

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ceilDiv is a/b rounded up, on whole numbers: ceil(115.00000000000001) is a wrong quote.
func ceilDiv(a, b int) int { return (a + b - 1) / b }

// halfToEven is a/b rounded half to even.
func halfToEven(a, b int) int {
	quotient, rest := a/b, a%b
	if twice := 2 * rest; twice > b || twice == b && quotient%2 == 1 {
		quotient++
	}
	return quotient
}

func abs(n int) int { return max(n, -n) }

// Count is "1 radio" or "1,440 radios".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Thousands(n) + " " + noun + "s"
}

// Thousands is 10000 as "10,000".
func Thousands(n int) string {
	text := strconv.Itoa(abs(n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n < 0 {
		return "-" + text
	}
	return text
}

// Capital is text with a capital first letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

func lowerFirst(s string) string {
	if strings.HasPrefix(s, "K-12") || s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
