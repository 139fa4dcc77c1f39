module farm.build/confine

go 1.26.1

require (
	golang.org/x/net v0.47.0
	golang.org/x/sys v0.38.0
)
