using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>What is said of choices that no record could be asked for: one mistake, one problem, at its place.</summary>
public class ChoiceTests
{
    private const string Task = """
        task: exam
        input: {question: text, options: list<text>, tags: list<string>, sure: list<text>?, count: list<int>}
        output: {answer: {type: choice, of: options}}

        """;

    private const string Prompt = """
        prompt: exam
        task: exam
        languages:
          en:
            user: ["{{ question }}\n{{ options | array.join '\n' }}"]

        """;

    private const string Only = "a choice is made among a list of texts of the input that is never absent, as list<text>; ";

    [Fact]
    public void Without_a_mistake_all_compiles() => Desk(Task, Prompt).Compiles();

    [Theory]
    [InlineData("{type: choice, of: tags, any_of: true}")]
    [InlineData("{type: choice?, of: options, any_of: true}")]
    public void What_is_right_compiles(string field) => Desk(With(Task, "{type: choice, of: options}", field), "").Compiles();

    [Theory]
    [InlineData(
        "{type: choice, of: options}",
        "{type: choice}",
        "(3,25): error TDSL1302: a choice needs the list of the input that has its options, as {type: choice, of: options}"
    )]
    [InlineData("of: options", "of: option", "(3,37): error TDSL1302: the input has no field 'option'; did you mean 'options'?")]
    [InlineData("of: options", "of: question", "(3,37): error TDSL1302: " + Only + "'question' is none; expected one of options, tags")]
    [InlineData("of: options", "of: count", "(3,37): error TDSL1302: " + Only + "'count' is none; expected one of options, tags")]
    [InlineData("of: options", "of: sure", "(3,37): error TDSL1302: " + Only + "'sure' is none; expected one of options, tags")]
    [InlineData("of: options", "of: answer", "(3,37): error TDSL1302: " + Only + "'answer' is none; expected one of options, tags")]
    [InlineData(
        "{type: choice, of: options}",
        "choice",
        "(3,18): error TDSL1302: a choice needs the list of the input that has its options, as {type: choice, of: options}"
    )]
    [InlineData("type: choice", "type: choices", "(3,25): error TDSL1301: 'choices' is not a type; did you mean 'choice'?")]
    [InlineData(
        "type: choice",
        "type: list<choice>",
        "(3,25): error TDSL1302: a choice is a field of the output itself, and in no list or record"
    )]
    [InlineData(
        "{answer: {type: choice, of: options}}",
        "{a: {type: record, fields: {answer: {type: choice, of: options}}}}",
        "(3,52): error TDSL1302: a choice is a field of the output itself, and in no list or record"
    )]
    [InlineData(
        "question: text,",
        "question: text, first: {type: choice, of: options},",
        "(2,39): error TDSL1302: a choice is a field of the output itself, and in no list or record"
    )]
    [InlineData(
        "of: options",
        "of: options, labels: [a, b]",
        "(3,46): error TDSL1302: type choice has no labels; type entities or label or labels has"
    )]
    [InlineData(
        "{type: choice, of: options}",
        "{type: text, any_of: true}",
        "(3,31): error TDSL1302: type text has no 'any_of'; type choice has"
    )]
    [InlineData(
        "{type: choice, of: options}",
        "{type: text, of: options}",
        "(3,31): error TDSL1302: 'of' belongs to entities or a choice that are a field of the input or output itself"
    )]
    [InlineData("of: options", "of: options, any_of: several", "(3,54): error TDSL1103: 'several' where true or false is expected")]
    [InlineData(
        "of: options}}\n",
        "of: options}}\nformat: lines\n",
        "(4,9): error TDSL1302: format lines writes one field of type list<text> or list<string> that is never absent, and the "
            + "output has one choice; format choice fits"
    )]
    [InlineData(
        "of: options}}\n",
        "of: options}}\nmetrics: [macro_f1]\n",
        "(4,11): error TDSL1304: metric macro_f1 measures one field of type label or labels or entities or int or bool, and the "
            + "output has one choice; what fits it is accuracy, confidence_auroc, exact_match, field_accuracy, perplexity, validity"
    )]
    [InlineData(
        "of: options}}\n",
        "of: options}}\nexamples: [{path: data/a.jsonl, shape: messages}]\n",
        "(4,40): error TDSL1302: letters are each record's own, so an answer that is one text does not tell 'answer', which is a "
            + "choice: a field of its name must have the option's text"
    )]
    public void In_a_task(string before, string after, string expected) =>
        Desk(With(Task, before, after), "").Reports($"exam.task.yaml{expected}");

    [Theory]
    [InlineData(
        "{{ options | array.join '\\n' }}",
        "What is right?",
        "(5,12): error TDSL1405: the template does not name 'options', the options that 'answer' is one of"
    )]
    [InlineData(
        "{{ options | array.join '\\n' }}",
        "{{ for option in options }}{{ option.letter }}{{ end }}",
        "(5,66): error TDSL1402: 'letter' is not known here; 'option' is a text, which has no such member"
    )]
    public void In_a_prompt(string before, string after, string expected) =>
        Desk(Task, With(Prompt, before, after)).Reports($"exam.prompt.yaml{expected}");

    private static GeneratorRun Desk(string task, string prompt)
    {
        var desk = Generators.Tests.Desk.Empty.Add("data/a.jsonl").Add("exam.task.yaml", task);
        return (prompt.Length == 0 ? desk : desk.Add("exam.prompt.yaml", prompt)).Run();
    }

    private static string With(string yaml, string before, string after)
    {
        Assert.Contains(before, yaml);
        return yaml.Replace(before, after, StringComparison.Ordinal);
    }
}
