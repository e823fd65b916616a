/// What happens to the program: what ``update(_:_:now:)`` is given.
enum Event: Equatable, Sendable {
    case terminal(TerminalEvent)
    case link(LinkEvent)
    /// Time has passed.
    case tick
}

/// What a terminal tells.
enum TerminalEvent: Equatable, Sendable {
    case key(Key)
    case mouse(MouseAction, Point)
    case paste(String)
    case resize(Size)
}

enum MouseAction: Equatable, Sendable {
    case press, wheelUp, wheelDown
}
