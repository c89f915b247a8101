package record

import "strconv"

// comparers tells how two values of a field are compared where text alone
// would see a difference that means nothing.
var comparers = map[string]func(a, b string) bool{
	FieldPhone:    SamePhone,
	FieldEmail:    SameEmails,
	FieldAddress:  SameAddress,
	FieldDocument: func(a, b string) bool { return TaxID(a) == TaxID(b) },
	FieldActive:   sameBool,
	FieldStock:    sameAmount,
	FieldPrice:    sameAmount,
}

// Same tells whether a and b mean the same value of a field (see Fields).
// Fields without a rule of their own are equal when their texts are, outer
// blanks aside and each run of blanks and line breaks taken as one space.
func Same(field, a, b string) bool {
	if same, ok := comparers[field]; ok {
		return same(a, b)
	}
	return sameText(a, b)
}

func sameText(a, b string) bool { return squeeze(a) == squeeze(b) }

// sameBool compares what reads as true or false; what does not, as text.
func sameBool(a, b string) bool {
	x, errA := strconv.ParseBool(a)
	y, errB := strconv.ParseBool(b)
	if errA != nil || errB != nil {
		return sameText(a, b)
	}
	return x == y
}

// sameAmount compares what reads as a number; what does not, as text.
func sameAmount(a, b string) bool {
	x, errA := ParseAmount(a)
	y, errB := ParseAmount(b)
	if errA != nil || errB != nil {
		return sameText(a, b)
	}
	return x.Equal(y)
}
