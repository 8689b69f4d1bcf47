// Check reads a log that the ledger wrote, and makes one for the ledger to read, with nothing of the
// ledger's own: notes, hashes and proofs are those of golang.org/x/mod/sumdb.
//
//	check read FOLDER        exit 0, or 1 with the first thing that does not hold
//	check make FOLDER SIZE   write a log of as many entries
//	check open               {"vkey", "notes"} on standard input, on standard output whether each opens
//	check cosigned           {"vkey", "cosigner", "notes"}, whether each opens with a line of both
//
// A folder holds checkpoint, tile/ (c2sp.org/tlog-tiles), vkey, and proofs.json: see the type proofs.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	origin = "go.example/log"
	// A proof from tiles reads and checks whole tiles again. One leaf in 251 still meets every tile.
	largestFullyTiled = 1000
	stride            = 251
)

type inclusion struct {
	Index int64       `json:"index"`
	Path  []tlog.Hash `json:"path"`
}

type consistency struct {
	Old  int64       `json:"old"`
	New  int64       `json:"new"`
	Path []tlog.Hash `json:"path"`
}

type proofs struct {
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

// memory holds hashes in the order of tlog.StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("no hash is stored at %d", index)
		}
		hashes[i] = m[index]
	}
	return hashes, nil
}

func (m *memory) add(number int64, entry []byte) error {
	hashes, err := tlog.StoredHashes(number, entry, m)
	*m = append(*m, hashes...)
	return err
}

// folder is a log as files; it is a tlog.TileReader.
type folder string

func (f folder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(name)))
}

func (f folder) write(name string, data []byte) error {
	path := filepath.Join(string(f), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = f.read(pathOf(tile)); err != nil {
			return nil, err
		}
		if len(data[i]) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: wrong length", pathOf(tile))
		}
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// pathOf names a tile as c2sp.org/tlog-tiles does: without the height, and with entries for data.
func pathOf(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// tilesOf are the tiles of one level of a tree, of level -1 the entry bundles.
func tilesOf(size int64, level int) []tlog.Tile {
	var tiles []tlog.Tile
	nodes := size
	for i := 0; i < level; i++ {
		nodes >>= height
	}
	for n := int64(0); n<<height < nodes; n++ {
		width := 1 << height
		if rest := nodes - n<<height; rest < int64(width) {
			width = int(rest)
		}
		tiles = append(tiles, tlog.Tile{H: height, L: level, N: n, W: width})
	}
	return tiles
}

func (f folder) entries(size int64) ([][]byte, error) {
	var entries [][]byte
	for _, tile := range tilesOf(size, -1) {
		data, err := f.read(pathOf(tile))
		if err != nil {
			return nil, err
		}
		for i := 0; i < tile.W; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s: ends inside an entry", pathOf(tile))
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:end])
			data = data[end:]
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("%s: more than %d entries", pathOf(tile), tile.W)
		}
	}
	return entries, nil
}

func (f folder) checkpoint() (tlog.Tree, error) {
	vkey, err := f.read("vkey")
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(string(vkey))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := f.read("checkpoint")
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("expected origin, size and root, not %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func read(f folder) error {
	tree, err := f.checkpoint()
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	entries, err := f.entries(tree.N)
	if err != nil {
		return fmt.Errorf("entries: %w", err)
	}
	var own memory
	for number, entry := range entries {
		if err := own.add(int64(number), entry); err != nil {
			return err
		}
	}
	if root, err := tlog.TreeHash(tree.N, own); err != nil || root != tree.Hash {
		return fmt.Errorf("entries: the root is %v, not %v (%v)", root, tree.Hash, err)
	}
	tiled := tlog.TileHashReader(tree, f)
	if root, err := tlog.TreeHash(tree.N, tiled); err != nil || root != tree.Hash {
		return fmt.Errorf("tiles: the root is %v, not %v (%v)", root, tree.Hash, err)
	}
	var given proofs
	data, err := f.read("proofs.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &given); err != nil {
		return err
	}
	if int64(len(given.Inclusion)) != tree.N {
		return fmt.Errorf("inclusion: %d proofs of %d leaves", len(given.Inclusion), tree.N)
	}
	for _, p := range given.Inclusion {
		if err := tlog.CheckRecord(p.Path, tree.N, tree.Hash, p.Index, tlog.RecordHash(entries[p.Index])); err != nil {
			return fmt.Errorf("inclusion of %d: %w", p.Index, err)
		}
		if tree.N <= largestFullyTiled || p.Index%stride == 0 {
			proved, err := tlog.ProveRecord(tree.N, p.Index, tiled)
			if err != nil || !equal(proved, p.Path) {
				return fmt.Errorf("tiles: another path for %d (%v)", p.Index, err)
			}
		}
	}
	for _, p := range given.Consistency {
		before, err := tlog.TreeHash(p.Old, own)
		if err != nil {
			return err
		}
		after, err := tlog.TreeHash(p.New, own)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(p.Path, p.New, after, p.Old, before); err != nil {
			return fmt.Errorf("consistency of %d and %d: %w", p.Old, p.New, err)
		}
		if proved, err := tlog.ProveTree(p.New, p.Old, own); err != nil || !equal(proved, p.Path) {
			return fmt.Errorf("consistency: another path from %d to %d (%v)", p.Old, p.New, err)
		}
	}
	return nil
}

func equal(one, other []tlog.Hash) bool {
	if len(one) != len(other) {
		return false
	}
	for i := range one {
		if one[i] != other[i] {
			return false
		}
	}
	return true
}

func found(f folder, size int64) error {
	var own memory
	var entries [][]byte
	for number := int64(0); number < size; number++ {
		entries = append(entries, []byte(fmt.Sprintf("entry %d of Go", number)))
		if err := own.add(number, entries[number]); err != nil {
			return err
		}
	}
	for level := 0; size>>(height*level) > 0; level++ {
		for _, tile := range tilesOf(size, level) {
			data, err := tlog.ReadTileData(tile, own)
			if err != nil {
				return err
			}
			if err := f.write(pathOf(tile), data); err != nil {
				return err
			}
		}
	}
	for _, tile := range tilesOf(size, -1) {
		var bundle bytes.Buffer
		for _, entry := range entries[tile.N<<height:][:tile.W] {
			binary.Write(&bundle, binary.BigEndian, uint16(len(entry)))
			bundle.Write(entry)
		}
		if err := f.write(pathOf(tile), bundle.Bytes()); err != nil {
			return err
		}
	}
	return f.sign(size, own)
}

func (f folder) sign(size int64, own memory) error {
	var made proofs
	for index := int64(0); index < size; index++ {
		path, err := tlog.ProveRecord(size, index, own)
		if err != nil {
			return err
		}
		made.Inclusion = append(made.Inclusion, inclusion{index, path})
	}
	for old := int64(1); old <= size; old += 1 + size/largestFullyTiled {
		path, err := tlog.ProveTree(size, old, own)
		if err != nil {
			return err
		}
		made.Consistency = append(made.Consistency, consistency{old, size, path})
	}
	data, err := json.Marshal(made)
	if err != nil {
		return err
	}
	if err := f.write("proofs.json", data); err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, own)
	if err != nil {
		return err
	}
	secret, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%v\n", origin, size, root)}, signer)
	if err != nil {
		return err
	}
	if err := f.write("checkpoint", signed); err != nil {
		return err
	}
	return f.write("vkey", []byte(vkey))
}

func open() error {
	var asked struct {
		Vkey  string
		Notes [][]byte
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		return err
	}
	opens := make([]bool, len(asked.Notes))
	for i, signed := range asked.Notes {
		_, err := note.Open(signed, note.VerifierList(verifier))
		opens[i] = err == nil
	}
	return json.NewEncoder(os.Stdout).Encode(opens)
}

// cosigner verifies cosignatures of Ed25519 as c2sp.org/tlog-cosignature has them.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(c.key, append([]byte(head), text...), signature[8:])
}

func parseCosigner(vkey string) (cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return cosigner{}, fmt.Errorf("not a verifier key: %q", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return cosigner{}, fmt.Errorf("not a key of a cosigner: %q", vkey)
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if fmt.Sprintf("%x", digest[:4]) != parts[1] {
		return cosigner{}, fmt.Errorf("another hash than the key has: %q", vkey)
	}
	return cosigner{parts[0], binary.BigEndian.Uint32(digest[:4]), key[1:]}, nil
}

func cosigned() error {
	var asked struct {
		Vkey, Cosigner string
		Notes          [][]byte
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	log, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		return err
	}
	witness, err := parseCosigner(asked.Cosigner)
	if err != nil {
		return err
	}
	opens := make([]bool, len(asked.Notes))
	for i, signed := range asked.Notes {
		opened, err := note.Open(signed, note.VerifierList(log, witness))
		opens[i] = err == nil && len(opened.Sigs) == 2
	}
	return json.NewEncoder(os.Stdout).Encode(opens)
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 2 && arguments[0] == "read":
		return read(folder(arguments[1]))
	case len(arguments) == 3 && arguments[0] == "make":
		size, err := strconv.ParseInt(arguments[2], 10, 64)
		if err != nil {
			return err
		}
		return found(folder(arguments[1]), size)
	case len(arguments) == 1 && arguments[0] == "open":
		return open()
	case len(arguments) == 1 && arguments[0] == "cosigned":
		return cosigned()
	}
	return fmt.Errorf("usage: check read FOLDER | make FOLDER SIZE | open | cosigned")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
