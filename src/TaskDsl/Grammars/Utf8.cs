namespace TaskDsl.Grammars;

/// <summary>The byte sequences of single characters in UTF-8 (RFC 3629): no surrogates, nothing overlong.</summary>
internal static class Utf8
{
    /// <summary>Any character.</summary>
    public static Grammar Any { get; } = AnyExcept();

    /// <summary>Any character but these ASCII ones.</summary>
    public static Grammar AnyExcept(params ReadOnlySpan<char> excluded)
    {
        var options = new List<Grammar>();
        var first = 0;
        for (var c = 0; c <= 0x80; c++)
        {
            if (c < 0x80 && !excluded.Contains((char)c))
                continue;
            if (c > first)
                options.Add(Bytes(first, c - 1));
            first = c + 1;
        }

        var tail = Bytes(0x80, 0xBF);
        options.AddRange([
            Grammar.Sequence(Bytes(0xC2, 0xDF), tail),
            Grammar.Sequence(Bytes(0xE0, 0xE0), Bytes(0xA0, 0xBF), tail),
            Grammar.Sequence(Bytes(0xE1, 0xEC), tail, tail),
            Grammar.Sequence(Bytes(0xED, 0xED), Bytes(0x80, 0x9F), tail),
            Grammar.Sequence(Bytes(0xEE, 0xEF), tail, tail),
            Grammar.Sequence(Bytes(0xF0, 0xF0), Bytes(0x90, 0xBF), tail, tail),
            Grammar.Sequence(Bytes(0xF1, 0xF3), tail, tail, tail),
            Grammar.Sequence(Bytes(0xF4, 0xF4), Bytes(0x80, 0x8F), tail, tail),
        ]);
        return Grammar.Choice(options);
    }

    private static Grammar Bytes(int first, int last) => Grammar.Bytes((byte)first, (byte)last);
}
