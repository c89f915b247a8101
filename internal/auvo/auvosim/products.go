package auvosim

import (
	"net/http"
	"strings"

	"github.com/govalues/decimal"
)

// products is /products, named in paths by the numeric code (auvo-api.md §6.1).
// Prices are kept as numbers; how they are answered is a switch.
func products() *kind {
	return &kind{
		data: "products", path: "products", one: "Product", id: "id", first: 4501,
		empty: http.StatusNotFound, required: []string{"name"}, keys: []string{"externalId"},
		members: []member{
			{name: "productId"},
			{name: "code"},
			{name: "id", shape: integer},
			{name: "externalId", ways: both, most: 255},
			{name: "name", ways: both, most: 255},
			{name: "description", ways: both, most: 1000},
			{name: "categoryId", shape: integer, ways: both},
			{name: "associatedEquipmentId", shape: integer, ways: both},
			{name: "unitaryValue", shape: number, ways: both},
			{name: "unitaryCost", shape: number, ways: both},
			{name: "minimumStock", shape: number, ways: both},
			{name: "totalStock", shape: number, ways: both},
			{name: "active", shape: boolean, ways: both, zero: true},
			{name: "base64Image", ways: both | dropped},
			{name: "imageUrl"},
			{name: "productSpecifications", shape: list, ways: post},
			{name: "employeesStock", shape: list, ways: post},
			{name: "uriAttachments", shape: texts},
			{name: "attachments", shape: list, ways: post | dropped},
		},
		filters: []filter{
			equals("id", "id"), oneOf("externalId", "externalId"), contains("name", "name"),
			contains("description", "description"), equals("categoryId", "categoryId"),
			equals("associatedEquipmentId", "associatedEquipmentId"), equals("active", "active"),
			{name: "lowerThanMinimumStock", match: func(_ *Sim, r Record, v any) bool {
				low := figure(r["totalStock"]).Cmp(figure(r["minimumStock"])) < 0
				return scalar(v) != "true" || low
			}},
		},
		adopt:    adoptProduct,
		complete: completeProduct,
		render:   renderProduct,
	}
}

// completeProduct gives a product its other two names (auvo-api.md §12.4).
func completeProduct(_ *Sim, r Record) {
	r["code"] = r.Text("id")
	if r.Text("productId") == "" {
		r["productId"] = guid("products", r.Int("id"))
	}
}

// adoptProduct stores ten times the price that a POST or PUT gives, as seen
// live (auvo-api.md §6.1, price trap; PUT is assumed to share POST's parser).
func adoptProduct(s *Sim, r, _ Record, method string) {
	if s.HonestPost || method == http.MethodPatch {
		return
	}
	for _, name := range []string{"unitaryValue", "unitaryCost"} {
		if v, ok := r[name]; ok {
			r[name] = jsonNumber(times(figure(v), decimal.Ten))
		}
	}
}

func renderProduct(s *Sim, r Record, _ view) Record {
	for _, name := range []string{"unitaryValue", "unitaryCost"} {
		value := cents(figure(r[name]))
		switch s.ProductPrices {
		case "number":
			r[name] = jsonNumber(value)
		case "comma":
			r[name] = strings.Replace(value.String(), ".", ",", 1)
		default:
			r[name] = "$" + value.String()
		}
	}
	r["base64Image"] = ""
	return r
}
