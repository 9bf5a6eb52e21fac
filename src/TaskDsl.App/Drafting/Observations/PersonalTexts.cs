namespace TaskDsl.App.Drafting.Observations;

/// <summary>Mail addresses and telephone numbers in texts that a model would learn by heart.</summary>
internal sealed class PersonalTexts : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        foreach (var field in draft.Inputs.Append(draft.Output))
        {
            var column = field.Column.Items ?? field.Column;
            string[] found = [.. Found(column.Mails, "mail address"), .. Found(column.Phones, "telephone number")];
            if (found.Length > 0)
                yield return new(
                    field == draft.Output ? Place.Output : Place.Input,
                    $"Personal data: in column '{field.Column.Name}' {string.Join(" and ", found)} (by how they look). Take them out "
                        + $"before "
                        + "anything is trained: a model can repeat what it has read."
                );
        }
    }

    private static IEnumerable<string> Found(long count, string what) =>
        count == 0 ? [] : [$"{Count(count, "text")} {(count == 1 ? "has" : "have")} a {what}"];
}
