package auvoapi

import "testing"

func TestARouteNamesNoRecord(t *testing.T) {
	for path, want := range map[string]string{
		"/tasks":                             "GET /tasks",
		"/tasks/GetDeletedTasks":             "GET /tasks/GetDeletedTasks",
		"/tasks/812":                         "GET /tasks/{id}",
		byID("/products", "AR COND / 9.000"): "GET /products/{id}",
		byID("/services", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"): "GET /services/{id}",
	} {
		if got := (request{method: "GET", path: path}).route(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
