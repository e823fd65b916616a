extension String {
    /// Without the blanks at its ends.
    var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.dropLast(start.reversed().prefix { $0 == " " }.count))
    }
}
