namespace TaskDsl.App.Drafting.Observations;

/// <summary>Texts that are longer than a row of the model.</summary>
internal sealed class LongTexts : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var plan = Plan.Of(draft);
        foreach (var field in draft.Inputs)
        {
            var column = field.Column.Items ?? field.Column;
            var longer = column.Tokens.LongerThan(plan.Row);
            if (longer > 0)
                yield return new(
                    Place.Batch,
                    $"About {Count(longer, "text")} of '{field.Name}' {(longer == 1 ? "has" : "have")} more than {plan.Row} tokens, "
                        + $"the longest "
                        + $"{Number(column.Tokens.Longest)} (guessed from letters): their middle is cut away. Longer rows take more "
                        + $"memory and time."
                );
        }

        if (plan.AnswersAreLong)
            yield return new(
                Place.Batch,
                $"The longest answer has about {Number(draft.Output.Column.Tokens.Longest)} tokens, a row {plan.Row}: what does not "
                    + $"fit is left "
                    + "out and counted."
            );
    }
}
