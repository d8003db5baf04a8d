package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Put adds a person, or replaces the one with the same object id.
func (s *Server) Put(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.indexOf(p.ObjectID); i >= 0 {
		s.people[i] = p
		return
	}
	s.people = append(s.people, p)
}

// Change changes a person who is there, and says whether there is one.
func (s *Server) Change(objectID string, change func(*Person)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.indexOf(objectID)
	if i < 0 {
		return false
	}
	p := s.people[i]
	p.Groups, p.AppRoles = slices.Clone(p.Groups), slices.Clone(p.AppRoles)
	change(&p)
	s.people[i] = p
	return true
}

// Remove deletes a person's account.
func (s *Server) Remove(objectID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = slices.DeleteFunc(s.people, func(p Person) bool { return strings.EqualFold(p.ObjectID, objectID) })
}

// Person returns the person with an object id.
func (s *Server) Person(objectID string) (Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.indexOf(objectID); i >= 0 {
		return s.people[i], true
	}
	return Person{}, false
}

// PutGroup adds a group, or replaces the one with the same id.
func (s *Server) PutGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = append(slices.DeleteFunc(s.groups, func(old Group) bool { return strings.EqualFold(old.ID, g.ID) }), g)
}

// Grant replaces what an admin has consented to.
func (s *Server) Grant(permissions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.permissions = slices.Clone(permissions)
}

// everybody is all people, by name as on the sign-in page.
func (s *Server) everybody() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.people)
}

// indexOf finds a person. The caller holds s.mu.
func (s *Server) indexOf(objectID string) int {
	return slices.IndexFunc(s.people, func(p Person) bool { return strings.EqualFold(p.ObjectID, objectID) })
}

// group finds a group. The caller holds s.mu.
func (s *Server) group(id string) (Group, bool) {
	i := slices.IndexFunc(s.groups, func(g Group) bool { return strings.EqualFold(g.ID, id) })
	if i < 0 {
		return Group{}, false
	}
	return s.groups[i], true
}

// within says whether one of the groups is the wanted one, or is in it. The caller holds s.mu.
func (s *Server) within(groups []string, wanted string) bool {
	seen := map[string]bool{}
	for queue := slices.Clone(groups); len(queue) > 0; queue = queue[1:] {
		id := strings.ToLower(queue[0])
		if seen[id] {
			continue
		}
		seen[id] = true
		if id == strings.ToLower(wanted) {
			return true
		}
		if g, ok := s.group(id); ok {
			queue = append(queue, g.Groups...)
		}
	}
	return false
}

// idOf makes an id in Entra's form, the same each time for the same name.
func idOf(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], "4" + h[13:16], "8" + h[17:20], h[20:]}, "-")
}
