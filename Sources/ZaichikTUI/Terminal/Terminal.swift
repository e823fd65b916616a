/// A terminal, as far as this program needs one.
protocol Terminal: AnyObject {
    var size: Size { get }
    /// How many colours it has; 0: none.
    var colors: Int { get }
    /// Writes what changed and shows the cursor, or hides it.
    func present(_ runs: [CellRun], cursor: Point?)
    /// Forgets what is shown: the next ``present(_:cursor:)`` writes every cell.
    func redraw()
    /// The next event that is already there.
    func nextEvent() -> TerminalEvent?
    /// Waits for an event, a ``wake()`` or the end, at most so long. Nothing: without end.
    func wait(milliseconds: Int?) -> WaitResult
    /// Ends a wait; from any thread.
    var wake: @Sendable () -> Void { get }
    func setMouse(_ on: Bool)
    /// Gives the terminal back, stops the program, and takes the terminal over again when it goes on.
    func suspend()
    /// Gives the terminal back.
    func end()
}

enum WaitResult: Equatable, Sendable {
    case ready
    /// The program was asked to end, or the terminal is gone.
    case ended
}
