package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"radioquote/quoting"
)

// directoryFile is people, roles, teams and managers, where Entra is not used.
type directoryFile struct {
	People []struct {
		Tenant  string         `yaml:"tenant"` // default the bot's own
		OID     string         `yaml:"oid"`
		Name    string         `yaml:"name"`
		Roles   []quoting.Role `yaml:"roles"`
		Team    string         `yaml:"team"`
		Manager string         `yaml:"manager"` // oid, of the same tenant
	} `yaml:"people"`
}

// readDirectory reads a directory file and the hash of its text. Without a file there is
// no directory: nobody has a role until one is named.
func readDirectory(path, tenant string) (people []quoting.Person, hash string, err error) {
	if path == "" {
		return nil, "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", &usageError{fmt.Errorf("read the directory: %w", err)}
	}
	people, err = parseDirectory(text, tenant)
	if err != nil {
		return nil, "", &usageError{fmt.Errorf("directory %s: %w", path, err)}
	}
	digest := sha256.Sum256(append(slices.Clone(text), tenant...))
	return people, hex.EncodeToString(digest[:]), nil
}

func parseDirectory(text []byte, tenant string) ([]quoting.Person, error) {
	var file directoryFile
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file); err != nil {
		return nil, fmt.Errorf("not readable: %s", yaml.FormatError(err, false, false))
	}
	seen := map[quoting.PersonID]bool{}
	var people []quoting.Person
	for _, entry := range file.People {
		p := quoting.Person{
			ID: quoting.PersonID{Tenant: strings.ToLower(entry.Tenant), Object: strings.ToLower(entry.OID)}, Name: entry.Name, Roles: entry.Roles, Team: entry.Team,
		}
		if p.ID.Tenant == "" {
			p.ID.Tenant = strings.ToLower(tenant)
		}
		if entry.Manager != "" {
			p.Manager = quoting.PersonID{Tenant: p.ID.Tenant, Object: strings.ToLower(entry.Manager)}
		}
		switch {
		case p.ID.Object == "" || p.Name == "":
			return nil, fmt.Errorf("every person needs an oid and a name")
		case seen[p.ID]:
			return nil, fmt.Errorf("%s is there twice", p.ID.Object)
		case p.Manager == p.ID:
			return nil, fmt.Errorf("%s is their own manager", p.ID.Object)
		}
		for _, role := range p.Roles {
			if !slices.Contains(quoting.Roles, role) {
				return nil, fmt.Errorf("%s has the unknown role %q", p.ID.Object, role)
			}
		}
		if p.Has(quoting.Admin) && (p.Has(quoting.SalesManager) || p.Has(quoting.Finance) || p.Has(quoting.VP) || p.Has(quoting.Owner) || p.Has(quoting.Engineering)) {
			return nil, fmt.Errorf("%s is an admin and cannot approve as well", p.ID.Object)
		}
		seen[p.ID] = true
		people = append(people, p)
	}
	for _, p := range people {
		if p.Manager != (quoting.PersonID{}) && !seen[p.Manager] {
			return nil, fmt.Errorf("%s has the manager %s, who is not in the file", p.ID.Object, p.Manager.Object)
		}
	}
	return people, nil
}
