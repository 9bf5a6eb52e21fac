namespace TaskDsl.App.Drafting.Writing;

/// <summary>A draft's recipe as YAML: a small model, so that there is a number to stand on.</summary>
internal static class RecipePage
{
    /// <summary>The file.</summary>
    /// <inheritdoc cref="TaskPage.Of"/>
    public static string Of(Draft draft, string schema)
    {
        var (plan, hasHead) = (Plan.Of(draft), draft.Output.HasHead);
        var page = new YamlPage(schema, "recipe").Line(0, $"recipe: {draft.Name}");
        page.Line(
            0,
            $"summary: {plan.Base.Called}"
                + (
                    draft.Output.Type == "entities" ? ", with a head that marks the words of each entity."
                    : hasHead ? ", with a head that chooses the answer."
                    : " that writes the answer."
                )
        );
        page.Comment(0, plan.Base.Comment);
        page.Line(0, $"model: {plan.Base.Model(plan.Row)}").Line(0, $"tasks: [{draft.Name}]");
        if (hasHead)
            page.Line(0, $"objective: {(draft.Output.Type == "entities" ? "token_classification" : "classification")}");
        page.Line(0, $"optimizer: {{adamw: {{learning_rate: {plan.Base.LearningRate}}}}}");
        page.Line(0, "schedule: {linear: {warm_up: 0.1}}").Line(0, "dropout: 0.1");
        foreach (var remark in draft.Remarks.Where(remark => remark.Place == Place.Batch))
            page.Comment(0, remark.Text);
        page.Line(
            0,
            $"batch: {{rows: {plan.Rows}, sequence_length: {plan.Row}, overlong: {(plan.AnswersAreLong ? "drop" : "truncate_input")}}}"
        );
        page.Line(0, plan.Epochs is { } epochs ? $"budget: {{epochs: {epochs}}}" : $"budget: {{steps: {plan.Base.MostSteps}}}");
        page.Line(0, hasHead ? "evaluation: {limit: 1000}" : $"evaluation: {{max_new_tokens: {plan.Answer}, limit: 50}}");
        return page.ToString();
    }
}
