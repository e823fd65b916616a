/// What is asked of the file system and of the editor.
enum FileRequest: Equatable, Sendable {
    /// A new file; one that exists is not overwritten.
    ///
    /// - Parameter count: How many messages are in it.
    case write(path: String, [UInt8], count: Int)
    /// A file to publish.
    case read(path: String)
    /// Has a text edited in the person's editor.
    case edit(String)
    /// Keeps what was published for the next run of the program.
    case remember(PublishForm.Draft)
}

/// The answer of the file system or the editor.
enum FileEvent: Equatable, Sendable {
    case written(path: String, count: Int)
    case notWritten(path: String, String)
    case read(path: String, [UInt8])
    case notRead(path: String, String)
    case edited(String)
    case notEdited(String)
}

/// Files and the editor, as far as this program needs them. It blocks, so what it is asked for must be small.
protocol FileEdge: AnyObject {
    /// - Returns: nil if there is nothing to tell.
    func perform(_ request: FileRequest, _ terminal: any Terminal) -> FileEvent?
}
