using System.Text.RegularExpressions;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace RealData.Formats;

/// <summary>
/// The articles of an answer to LawBench 3-1, as its own script finds them: of each piece between two <c>、</c> the first number, without
/// those of paragraphs.
/// </summary>
[Keyword("lawbench_articles"), Revision(1)]
public sealed partial record LawBenchArticles : AnswerFormat
{
    /// <inheritdoc/>
    public override ReadAnswer Read(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(text);
        string[] articles =
        [
            .. text.Split('、')
                .Select(piece => Paragraph().Replace(piece.Replace("万元", "元", StringComparison.Ordinal), ""))
                .Select(piece => Digits().Match(ChineseNumbers.ToDigits(Article().Replace(piece, "$1"))))
                .Where(number => number.Success)
                .Select(number => number.Value.TrimStart('0'))
                .Distinct(),
        ];
        return articles.Length == 0
            ? ReadAnswer.No("no article is named")
            : new ReadAnswer { Items = [.. articles.Select(article => new OutputItem(task.OutputFields[0].Name, article))] };
    }

    [GeneratedRegex("第(.*?)款")]
    private static partial Regex Paragraph();

    [GeneratedRegex("第(.*?)条")]
    private static partial Regex Article();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
