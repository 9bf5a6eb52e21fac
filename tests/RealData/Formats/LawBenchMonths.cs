using System.Text.RegularExpressions;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace RealData.Formats;

/// <summary>
/// The months of an answer to LawBench 3-4, as its own script finds them: the first number before <c>个月</c>, else before <c>月</c>, else
/// twelve times the first before <c>年</c>.
/// </summary>
[Keyword("lawbench_months"), Revision(1)]
public sealed partial record LawBenchMonths : AnswerFormat
{
    /// <inheritdoc/>
    public override ReadAnswer Read(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        var digits = ChineseNumbers.ToDigits(text);
        return Of(Months(), 1) ?? Of(Month(), 1) ?? Of(Years(), 12) ?? ReadAnswer.No("no number of months or years");

        ReadAnswer? Of(Regex unit, int months) =>
            unit.Match(digits) is { Success: true } found && int.TryParse(found.Groups[1].ValueSpan, out var number)
                ? new ReadAnswer { Items = [new OutputItem(task.OutputFields[0].Name, $"{number * months}")] }
                : null;
    }

    [GeneratedRegex("([0-9]{1,7})个月")]
    private static partial Regex Months();

    [GeneratedRegex("([0-9]{1,7})月")]
    private static partial Regex Month();

    [GeneratedRegex("([0-9]{1,7})年")]
    private static partial Regex Years();
}
