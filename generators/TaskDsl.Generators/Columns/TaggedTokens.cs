using TaskDsl.Data.Sources.Reading;

namespace TaskDsl.Generators.Columns;

/// <summary>Tokens with tags, as CoNLL has them: a token and its tag a line.</summary>
internal static class TaggedTokens
{
    private static readonly string[] Kind = ["entities", "kind"];

    /// <summary>The kinds that tags begin, and the tokens.</summary>
    public static IEnumerable<DataValue> Values(string text, bool isWhole, DataQuestion question)
    {
        var paths = question.Labels.Concat(question.Texts).ToList();
        var (kind, tokens) = (paths.FindIndex(path => path.Names.SequenceEqual(Kind)), paths.FindIndex(path => path.Names is ["text"]));
        var number = 0;
        foreach (var line in FileStart.LinesOf(text, isWhole))
        {
            number++;
            var columns = line.Split(line.IndexOf('\t') >= 0 ? '\t' : ' ');
            if (columns.Length < 2 || columns[0].StartsWith("-DOCSTART-", StringComparison.Ordinal))
                continue;
            if (tokens >= 0)
                yield return new DataValue(tokens, columns[0], number);
            if (kind >= 0 && Iob.Begun(columns[columns.Length - 1]) is { } begun)
                yield return new DataValue(kind, begun, number);
        }
    }
}
