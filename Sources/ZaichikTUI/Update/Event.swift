/// Something that happens to the program, for ``update(_:_:now:)``.
enum Event: Equatable, Sendable {
    case terminal(TerminalEvent)
    case link(LinkEvent)
    case file(FileEvent)
    /// Time has passed.
    case tick
}

/// An event of the terminal.
enum TerminalEvent: Equatable, Sendable {
    case key(Key)
    /// Keys that are characters, pressed one after the other: the same as each of them alone, at the price of one.
    case typed(String)
    case mouse(MouseAction, Point)
    case paste(String)
    case resize(Size)
    /// The program was stopped and goes on: another program may have written on the screen, and its size may have changed.
    case resumed(Size)
    /// Another process asks the program to stop.
    case stopAsked
    /// The answer to ``CursesTerminal/askBackground()``; it concerns the looks only.
    case background(Background)
}

enum MouseAction: Equatable, Sendable {
    case press, wheelUp, wheelDown
}
