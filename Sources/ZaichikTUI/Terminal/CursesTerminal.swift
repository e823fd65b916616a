import CNcurses

/// The terminal that the program runs in. The only type that uses curses.
final class CursesTerminal: Terminal {
    /// The reasons why the terminal cannot be used.
    enum StartError: Error, CustomStringConvertible {
        case noTerminal
        case unknownTerm(String)
        case noAddressing(String)
        case noDescriptors

        var description: String {
            switch self {
            case .noTerminal: "zaichik-tui needs a terminal: standard input and output are not both one"
            case .unknownTerm(let term):
                "the terminal type TERM='\(term)' is not known here: try TERM=xterm-256color, or install its description "
                    + "(ncurses-term)"
            case .noAddressing(let term):
                "the terminal type TERM='\(term)' cannot place the cursor (its description has no cup), and this program "
                    + "needs that: try TERM=xterm-256color, or zaichik lag without a terminal"
            case .noDescriptors: "zaichik-tui cannot open what it needs: too many files are open (see ulimit -n)"
            }
        }
    }

    private var hasEnded = false
    private var joined = JoinedGlyphs()

    /// - Parameter term: The terminal's type from the environment, for the error.
    init(term: String) throws(StartError) {
        switch UInt32(zc_start()) {
        case ZC_STARTED.rawValue: break
        case ZC_NO_TERMINAL.rawValue: throw .noTerminal
        case ZC_NO_ADDRESSING.rawValue: throw .noAddressing(term)
        case ZC_NO_DESCRIPTORS.rawValue: throw .noDescriptors
        default: throw .unknownTerm(term)
        }
        zc_install_handlers()
        zc_set_mouse(true)
    }

    var size: Size { Size(width: Int(zc_columns()), height: Int(zc_rows())) }
    var colors: Int { Int(zc_colors()) }

    func present(_ runs: [CellRun], cursor: Point?) {
        guard zc_has_screen() else { return }
        let canJoin = zc_can_join()
        if canJoin {
            for row in joined.take(runs) { zc_redraw_row(Int32(row)) }
            joined.keep(rows: Int(zc_rows()))
        }
        for run in runs {
            var text = run.isJoined && canJoin ? String(repeating: " ", count: run.columns) : run.text
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    zc_put(
                        Int32(run.y), Int32(run.x), characters.baseAddress, Int32(characters.count),
                        run.style.foreground.map(Int32.init) ?? -1, run.style.background.map(Int32.init) ?? -1,
                        Int32(run.style.attributes.rawValue))
                }
            }
        }
        zc_cursor(Int32(cursor?.y ?? -1), Int32(cursor?.x ?? 0))
        zc_flush()
        if !joined.isEmpty { joined.draw() }
    }

    func redraw() { zc_redraw() }
    func setMouse(_ on: Bool) { zc_set_mouse(on) }
    func copy(_ text: String) {
        guard zc_has_screen() else { return }
        var sequence = Clipboard.sequence(text)
        sequence.withUTF8 { zc_write($0.baseAddress, $0.count) }
    }

    func ring() {
        guard zc_has_screen() else { return }
        zc_write([0x07], 1)
    }

    func askBackground() { zc_ask_background() }
    func suspend() { zc_suspend() }
    func run(_ words: [String]) -> Int {
        ChildProcess.withArguments(words) { Int(zc_run($0)) }
    }

    /// Another program has the terminal.
    var isInBackground: Bool { zc_is_in_background() }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        zc_end()
    }

    var wake: @Sendable () -> Void { { zc_wake() } }

    func wait(milliseconds: Int?) -> WaitResult {
        let result = UInt32(bitPattern: zc_wait(Int32(clamping: milliseconds ?? -1)))
        return result & (ZC_TERMINATED.rawValue | ZC_HANGUP.rawValue) == 0 ? .ready : .ended
    }

    func nextEvent() -> TerminalEvent? {
        while true {
            let event = zc_read()
            switch UInt32(event.kind) {
            case ZC_NOTHING.rawValue: return nil
            case ZC_PASTE.rawValue: return .paste(pasted)
            case ZC_CHARACTER.rawValue:
                guard let scalar = Unicode.Scalar(UInt32(event.code)) else { continue }
                return .key(Self.key(scalar))
            case ZC_KEY.rawValue: return .key(Self.key(code: UInt32(event.code)))
            case ZC_RESIZE.rawValue: return .resize(size)
            case ZC_STOP_ASKED.rawValue: return .stopAsked
            case ZC_WENT_ON.rawValue: return .resumed(size)
            case ZC_MOUSE.rawValue: return Self.mouse(event)
            case ZC_BACKGROUND.rawValue: return .background(Self.background(event.code))
            default: continue
            }
        }
    }

    private static func background(_ color: Int32) -> Background {
        Background(red: Int(color >> 16 & 0xFF), green: Int(color >> 8 & 0xFF), blue: Int(color & 0xFF))
    }

    private var pasted: String {
        var length = 0
        guard let bytes = zc_paste(&length) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    private static func mouse(_ event: zc_event) -> TerminalEvent {
        let point = Point(x: Int(event.column), y: Int(event.row))
        return switch UInt32(event.code) {
        case ZC_MOUSE_WHEEL_UP.rawValue: .mouse(.wheelUp, point)
        case ZC_MOUSE_WHEEL_DOWN.rawValue: .mouse(.wheelDown, point)
        default: .mouse(.press, point)
        }
    }

    private static func key(_ scalar: Unicode.Scalar) -> Key {
        switch scalar.value {
        case 9: .tab
        case 13: .enter
        case 27: .escape
        // Many terminals send DEL for Backspace, the others ^H.
        case 8, 127: .backspace
        case 0..<32: .control(Character(Unicode.Scalar(UInt8(scalar.value) + 96)))
        default: .character(Character(scalar))
        }
    }

    private static func key(code: UInt32) -> Key {
        switch code {
        case ZC_KEY_UP.rawValue: .up
        case ZC_KEY_DOWN.rawValue: .down
        case ZC_KEY_LEFT.rawValue: .left
        case ZC_KEY_RIGHT.rawValue: .right
        case ZC_KEY_PAGE_UP.rawValue: .pageUp
        case ZC_KEY_PAGE_DOWN.rawValue: .pageDown
        case ZC_KEY_HOME.rawValue: .home
        case ZC_KEY_END.rawValue: .end
        case ZC_KEY_BACKSPACE.rawValue: .backspace
        case ZC_KEY_DELETE.rawValue: .delete
        case ZC_KEY_ENTER.rawValue: .enter
        case ZC_KEY_BACK_TAB.rawValue: .backTab
        case ZC_KEY_FUNCTION.rawValue + 1...ZC_KEY_FUNCTION.rawValue + 12:
            .function(Int(code - ZC_KEY_FUNCTION.rawValue))
        default: .other
        }
    }
}
