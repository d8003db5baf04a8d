package quoting

import (
	"strconv"
	"strings"
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

// count is "1 radio" or "40 radios".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands is 10000 as "10,000".
func thousands(n int) string {
	text := strconv.Itoa(abs(n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n < 0 {
		return "-" + text
	}
	return text
}

func lowerFirst(s string) string {
	if strings.HasPrefix(s, "K-12") || s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
