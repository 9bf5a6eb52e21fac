namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>The runtime's classes that compiled templates call.</summary>
internal static class Functions
{
    public const string Text = "global::TaskDsl.Prompts.Templates.TextFunctions";
    public const string List = "global::TaskDsl.Prompts.Templates.ListFunctions";
    public const string Number = "global::TaskDsl.Prompts.Templates.NumberFunctions";
}
