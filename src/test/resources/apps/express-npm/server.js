const express = require('express');

const app = express();
app.get('/', (request, response) => response.send('express by npm\n'));
app.listen(process.env.PORT, '0.0.0.0');
