import ZaichikProtocol

/// A side effect that an update asks for. ``App`` carries it out.
enum Effect: Equatable, Sendable {
    case link(LinkRequest)
    /// Writes every cell again.
    case redraw
    case suspend
    case mouse(Bool)
    /// Puts a text on the clipboard, if the terminal lets programs do that.
    case copy(String)
    case quit
    /// Rings the bell.
    case alarm
    /// Runs a command of the shell, which gets a sentence as `$1`.
    case run(String, about: String)
    /// Leaves the broker for that of a profile.
    case connect(Profile)
    case theme(ThemeName)
    /// Reads or writes a file, or has a text edited; the answer comes as a ``FileEvent``.
    case file(FileRequest)
}

/// A request to the broker; answers come as a ``LinkEvent``.
enum LinkRequest: Equatable, Sendable {
    case watch(WatchRequest)
    case subscribe(TopicPattern, StartPosition)
    case unsubscribe(TopicPattern)
    case publish(OutgoingMessage)
    /// This delivery and all before it are done.
    case commit(upTo: UInt64, connection: UInt64)
    /// These deliveries alone are committed, returned or parked.
    case settle(HandSettlement)
    case window(UInt32)
    case inspect(UInt64)
    case inspectTopic(TopicName)
    case inspectSession(String)
    /// A dry run: what an act would take.
    case rehearse(ActPlan)
    case act(ActPlan)
    /// Of the panes in Screens.
    case screen(ScreenRequest)
    // Clients and Topics
    case clients(ClientsRequest)
    // Messages screen
    case browse(BrowseRequest)
    case readWhole(KeptMessages)
    // Publish screen
    case load(LoadRequest)
}
