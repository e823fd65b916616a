/// A terminal, as far as this program needs one.
protocol Terminal: AnyObject {
    var size: Size { get }
    /// How many colours it has; 0: none.
    var colors: Int { get }
    /// Writes the changes, and shows the cursor or hides it.
    func present(_ runs: [CellRun], cursor: Point?)
    /// Forgets the screen: the next ``present(_:cursor:)`` writes every cell.
    func redraw()
    /// The next event that is already there.
    func nextEvent() -> TerminalEvent?
    /// Waits for an event, a ``wake()`` or the end, at most so long; without a limit if nil.
    func wait(milliseconds: Int?) -> WaitResult
    /// Ends a wait; from any thread.
    var wake: @Sendable () -> Void { get }
    func setMouse(_ on: Bool)
    /// Asks the terminal to put a text on the clipboard (OSC 52 of xterm); some do not, and say nothing.
    func copy(_ text: String)
    /// Rings the bell.
    func ring()
    /// Gives the terminal back, stops the program, and takes it over again when the program is continued.
    func suspend()
    /// Gives the terminal to another program until that ends, and takes it over again.
    ///
    /// - Returns: Its exit code; 128 and more if a signal ended it, or it could not be started.
    func run(_ words: [String]) -> Int
    /// Gives the terminal back.
    func end()
}

enum WaitResult: Equatable, Sendable {
    case ready
    /// The program was asked to end, or the terminal is gone.
    case ended
}
