/// Who has the seat of a reader, to which other loops and topics know the way.
enum ReaderSeat {
    case reader(Reader)
    /// The reader of a session, which is made anew when somebody needs it.
    case folded(Session)

    /// nil while it is folded.
    @inline(__always)
    var reader: Reader? { if case .reader(let reader) = self { reader } else { nil } }
}
