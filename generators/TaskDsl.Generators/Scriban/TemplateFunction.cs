using TaskDsl.Generators.Scriban.Terms;

namespace TaskDsl.Generators.Scriban;

/// <summary>A function that compiled templates may call.</summary>
/// <param name="Least">The fewest values it takes, the piped one included.</param>
/// <param name="Most">The most values it takes.</param>
/// <param name="Write">Writes the call.</param>
internal sealed record TemplateFunction(int Least, int Most, Func<FunctionCall, Term> Write);
