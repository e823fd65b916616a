extension CellBuffer {
    /// The same screen for a terminal that shows ASCII only: lines and bars become signs that look alike, and letters of
    /// other scripts question marks, so that everything keeps its place.
    var inASCII: CellBuffer {
        var buffer = self
        buffer.replaceCells { cell in
            guard let scalar = cell.text.unicodeScalars.first, !scalar.isASCII || cell.text.unicodeScalars.count > 1
            else { return cell }
            var cell = cell
            cell.isJoined = false
            cell.text = Self.signs[scalar].map(String.init) ?? String(repeating: "?", count: cell.columns)
            return cell
        }
        return buffer
    }

    /// The signs that this program draws by itself.
    static let signs: [Unicode.Scalar: Character] = {
        let rows: [(String, String)] = [
            ("─━│┃╭╮╰╯┏┓┗┛", "-=|#++++####"), ("├┤┬┴┼╴╵╶╷", "+++++-|-|"), ("▁▂▃▄▅▆▇█", "_.:-=+*#"),
            ("░▒▓▏▎▍▌▋▊▉", ".:#||||###"), ("▸▶◆●○◌▼▲✓✗", ">>@*o.v^+x"), ("↑↓←→…·•–—×", "^v<>~..--x"),
            ("␛␍␊␉␀", "?????"),
            ("⟨⟩«»‹›", "<><><>"), ("≤≥≈≠µ°", "<>~!u*"),
        ]
        var signs: [Unicode.Scalar: Character] = [:]
        for (from, to) in rows { for (scalar, sign) in zip(from.unicodeScalars, to) { signs[scalar] = sign } }
        return signs
    }()
}
