import ZaichikWords

/// One line of the Messages pane that is looked at as a whole.
struct MessageInspection: Equatable {
    var entry: MessageEntry
    /// Its own: that of the pane stays as it is.
    var format: PayloadFormat
    var offset = 0
    /// Brackets below so many others are folded; nil: none is.
    var folded: Int?
    /// The message before it of the same topic and key, if the difference is shown.
    var earlier: ReceivedMessage?
    /// The rest of the message is asked for.
    var isAsked = false
    /// It cannot be read.
    var isBeyondReach = false
    /// nil until it is laid out, and for what has no payload.
    var payload: PayloadLayout?

    /// Folds one level more, or less.
    mutating func fold(_ message: ReceivedMessage, more: Bool) {
        guard let document = PayloadText.document(message.payload, message.format(format)) else { return }
        let depth = JSONDocument.depth(document)
        let now = min(folded ?? depth, depth)
        let next = more ? max(1, now - 1) : now + 1
        folded = next < depth ? next : nil
    }
}

/// A payload in lines. It is kept since one of many brackets costs too much to be laid out with each key.
struct PayloadLayout: Equatable {
    let format: PayloadFormat
    let columns: Int
    let folded: Int?
    /// The sequence of the message that it is compared with.
    let earlier: UInt64?
    let lines: [[Span]]

    init(_ message: ReceivedMessage, _ inspection: MessageInspection, columns: Int) {
        format = inspection.format
        self.columns = columns
        folded = inspection.folded
        earlier = inspection.earlier?.sequence
        if let earlier = inspection.earlier {
            lines = MessageDifference.lines(from: earlier, to: message, inspection.format).flatMap {
                $0.wrapped(max(columns, 8))
            }
        } else {
            lines = PayloadText.spans(message.payload, message.format(format), columns: columns, folded: folded)
        }
    }

    /// Whether it shows just that.
    func shows(_ inspection: MessageInspection, _ message: ReceivedMessage, columns: Int) -> Bool {
        self.columns == columns && format == inspection.format && folded == inspection.folded
            && earlier == inspection.earlier?.sequence
    }
}
