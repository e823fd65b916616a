import ZaichikWords

@testable import ZaichikTUI

/// A terminal without a terminal: events are given to it, what it shows can be read.
final class MemoryTerminal: Terminal {
    var size: Size {
        didSet { if size != oldValue { events.append(.resize(size)) } }
    }
    var colors: Int
    var events: [TerminalEvent] = []
    private(set) var shown: [Int: [Int: CellRun]] = [:]
    private(set) var lines: [[String]] = []
    private(set) var cursor: Point?
    private(set) var presentations = 0
    private(set) var suspensions = 0
    private(set) var hasEnded = false
    private(set) var hasMouse = true
    private(set) var copied: String?
    private(set) var rings = 0
    /// Called for a wait; tests advance their clocks here.
    var onWait: (Int?) -> WaitResult = { _ in .ready }

    /// Called in place of another program.
    var onRun: ([String]) -> Void = { _ in }

    init(size: Size, colors: Int = 256) {
        self.size = size
        self.colors = colors
    }

    func present(_ runs: [CellRun], cursor: Point?) {
        presentations += 1
        self.cursor = cursor
        if lines.count != size.height || lines.first?.count != size.width {
            lines = Array(repeating: Array(repeating: " ", count: size.width), count: size.height)
        }
        for run in runs {
            var x = run.x
            for glyph in Glyphs(run.text) where x < size.width {
                lines[run.y][x] = glyph.text
                for tail in x + 1..<max(x + 1, min(x + glyph.columns, size.width)) { lines[run.y][tail] = "" }
                x += glyph.columns
            }
        }
    }

    var text: String { lines.map { $0.joined() }.joined(separator: "\n") }

    func redraw() { lines = [] }
    func nextEvent() -> TerminalEvent? { events.isEmpty ? nil : events.removeFirst() }
    func wait(milliseconds: Int?) -> WaitResult { onWait(milliseconds) }
    var wake: @Sendable () -> Void { {} }
    func setMouse(_ on: Bool) { hasMouse = on }
    func copy(_ text: String) { copied = text }
    func ring() { rings += 1 }
    func suspend() { suspensions += 1 }
    func run(_ words: [String]) -> Int {
        onRun(words)
        return 0
    }
    func end() { hasEnded = true }
}
