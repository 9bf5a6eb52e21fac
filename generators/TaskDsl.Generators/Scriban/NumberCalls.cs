using Scriban.Syntax;
using TaskDsl.Generators.Scriban.Terms;
using static TaskDsl.Generators.Scriban.Terms.Functions;

namespace TaskDsl.Generators.Scriban;

/// <summary><c>math.*</c>.</summary>
internal static class NumberCalls
{
    public static IEnumerable<(string Name, TemplateFunction Function)> All =>
        [
            (
                "math.abs",
                new(1, 1, call => new NumberTerm($"{Number}.Abs({call.Number(0).Code})", call.Number(0).IsWhole)
                {
                    NullTest = call.Number(0).NullTest,
                })
            ),
            ("math.ceil", new(1, 1, call => new NumberTerm($"{Number}.Ceil({call.Double(0)})", IsWhole: false))),
            ("math.floor", new(1, 1, call => new NumberTerm($"{Number}.Floor({call.Double(0)})", IsWhole: false))),
            (
                "math.round",
                new(1, 2, call => new NumberTerm(
                    $"{Number}.Round({call.Double(0)}{(call.Count > 1 ? ", " + call.Int(1) : "")})",
                    IsWhole: false
                ))
            ),
            ("math.plus", Operator(ScriptBinaryOperator.Add)),
            ("math.minus", Operator(ScriptBinaryOperator.Subtract)),
            ("math.times", Operator(ScriptBinaryOperator.Multiply)),
            ("math.modulo", Operator(ScriptBinaryOperator.Modulus)),
        ];

    private static TemplateFunction Operator(ScriptBinaryOperator op) =>
        new(2, 2, call => Operators.Arithmetic(op, call.Number(0), call.Number(1)) ?? throw call.Wrong(1, "another number"));
}
