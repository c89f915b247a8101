package web

// A confirmPage says what a button does, before it is pressed.
type confirmPage struct {
	Title, Back string
	Lead        string
	Points      []string
	Action      string
	Button      string
	Hidden      []field
}
