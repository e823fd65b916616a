/// Something that happens to the program, for ``update(_:_:now:)``.
enum Event: Equatable, Sendable {
    case terminal(TerminalEvent)
    case link(LinkEvent)
    /// Time has passed.
    case tick
}

/// An event of the terminal.
enum TerminalEvent: Equatable, Sendable {
    case key(Key)
    case mouse(MouseAction, Point)
    case paste(String)
    case resize(Size)
}

enum MouseAction: Equatable, Sendable {
    case press, wheelUp, wheelDown
}
