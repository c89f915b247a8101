package record

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// Cents rounds d to the cent, halves away from zero (the decimal type itself
// rounds halves to even, which no invoice does).
func Cents(d decimal.Decimal) decimal.Decimal {
	abs := d.Abs()
	if drop := abs.Scale() - 2; drop > 0 && abs.Coef()/pow10(drop-1)%10 >= 5 {
		abs = abs.Ceil(2)
	}
	return abs.Trunc(2).Pad(2).CopySign(d)
}

// RoundUp4 rounds d away from zero to at most 4 decimals, the most that
// Omie's unit prices are sent with (design.md §7).
func RoundUp4(d decimal.Decimal) decimal.Decimal {
	return d.Abs().Ceil(4).Trim(0).CopySign(d)
}

// Amount returns the canonical text of d: a point, no exponent, no zeros that
// say nothing ("10.1", "0", "-3.25").
func Amount(d decimal.Decimal) string { return d.Trim(0).String() }

// ParseAmount reads a canonical amount or a JSON number, exponents included.
// Digits beyond the 19th are rounded. It fails on anything else, a decimal
// comma included.
func ParseAmount(s string) (decimal.Decimal, error) {
	d, err := decimal.Parse(strings.TrimSpace(s))
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("%.40q is not an amount", s)
	}
	return d, nil
}

// Reais returns d for people, to the cent: "R$ 1.234,56", "-R$ 0,50".
func Reais(d decimal.Decimal) string {
	d = Cents(d)
	whole, cents, _ := strings.Cut(d.Abs().String(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	text := "R$ " + whole + "," + (cents + "00")[:2]
	if d.IsNeg() {
		return "-" + text
	}
	return text
}

// Spread distributes total, rounded to the cent, over weights by largest
// remainder; the first of equal remainders gets the cent. The shares are whole
// cents and add up to total exactly (P12). Where weights are whole cents and
// total is at most their sum, no share exceeds its weight.
//
// A weight of zero or less gets nothing. With no weight above zero, or a total
// of 10^17 or more, every share is zero and the second result is false.
func Spread(total decimal.Decimal, weights []decimal.Decimal) ([]decimal.Decimal, bool) {
	shares := make([]decimal.Decimal, len(weights))
	total = Cents(total)
	scaled, sum := scaledWeights(weights)
	if sum.Sign() == 0 || total.Scale() != 2 {
		return shares, false
	}
	cents := new(big.Int).SetUint64(total.Coef())
	for i, share := range largestRemainder(cents, scaled, sum) {
		shares[i] = decimal.MustParse(share.String() + "e-2").CopySign(total)
	}
	return shares, true
}

// scaledWeights returns weights as integers of one common scale, the negative
// ones as zero, and their sum.
func scaledWeights(weights []decimal.Decimal) (scaled []*big.Int, sum *big.Int) {
	sum = new(big.Int)
	for _, w := range weights {
		n := new(big.Int)
		if w.IsPos() {
			n.SetUint64(w.Coef())
			n.Mul(n, new(big.Int).SetUint64(pow10(decimal.MaxScale-w.Scale())))
		}
		scaled = append(scaled, n)
		sum.Add(sum, n)
	}
	return scaled, sum
}

// largestRemainder shares total out in whole units by weights, whose sum is
// above zero. Fewer units are left over than there are remainders above zero,
// so that a weight of zero, and a share that came out whole, never get one.
func largestRemainder(total *big.Int, weights []*big.Int, sum *big.Int) []*big.Int {
	left := new(big.Int).Set(total)
	shares, rests, order := make([]*big.Int, len(weights)), make([]*big.Int, len(weights)), make([]int, len(weights))
	for i, w := range weights {
		order[i] = i
		exact := new(big.Int).Mul(total, w)
		shares[i], rests[i] = exact.QuoRem(exact, sum, new(big.Int))
		left.Sub(left, shares[i])
	}
	slices.SortStableFunc(order, func(i, j int) int { return rests[j].Cmp(rests[i]) })
	for _, i := range order[:left.Int64()] {
		shares[i].Add(shares[i], big.NewInt(1))
	}
	return shares
}

// pow10 returns 10 to the power n, for n up to 19.
func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
